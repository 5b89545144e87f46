import type { Plugin, Rolldown } from 'vite'

/**
 * Puts the styles into the page: the sign-in form shows a round trip earlier. Compressed they are as large as two
 * packets of the page, and the server's content security policy allows inline styles.
 */
export function inlineStyles(): Plugin {
  return {
    name: 'taskwire:inline-styles',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const page = bundle['index.html']
        if (page?.type !== 'asset') throw new Error('The build has no index.html')
        const source = page.source.toString()
        page.source = source.replace(/<link rel="stylesheet"[^>]* href="\/([^"]+)">/g, (_link, name: string) => {
          const styles = bundle[name]
          if (styles?.type !== 'asset') throw new Error(`The build has no ${name}`)
          delete bundle[name]
          replaceDependency(bundle, name)
          return `<style>${styles.source.toString().trim()}</style>`
        })
      },
    },
  }
}

/** Lazy panels wait for the styles of the page by name, which they have: they wait for its script instead. */
function replaceDependency(bundle: Rolldown.OutputBundle, styles: string): void {
  const chunks = Object.values(bundle).filter((output) => output.type === 'chunk')
  const entry = chunks.find(({ isEntry }) => isEntry)
  if (entry === undefined) throw new Error('The build has no entry')
  for (const chunk of chunks) chunk.code = chunk.code.replaceAll(`"${styles}"`, `"${entry.fileName}"`)
}
