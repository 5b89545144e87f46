import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { router } from './router.ts'

// Everything that speaks Request and Response. In Next.js `app/trpc/[trpc]/route.ts` exports it.

export async function handler(request: Request): Promise<Response> {
  // Imported by the first request: `next build` imports the route as well, and needs no database.
  const { contextOf } = await import('./context.ts')
  return fetchRequestHandler({
    endpoint: '/trpc',
    req: request,
    router,
    createContext: () => contextOf(request.headers.get('authorization')),
  })
}
