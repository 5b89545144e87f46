// A worker that serves and confirms nothing: it does not drain, and asked for its metrics it ends without an answer.
process.on('message', ({ type, about }: { readonly type: string; readonly about?: string }) => {
  if (type === 'ask' && about === 'metrics') process.exit(1)
})
process.on('disconnect', () => process.exit())
process.send?.({ type: 'serving' })
