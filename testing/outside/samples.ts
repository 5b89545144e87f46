import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { bun, installed, output, packed, root, temporaryFolder, type PackageManager } from './index.ts'
import { RunningProgram } from './running_program.ts'

declare module 'vitest' {
  interface ProvidedContext {
    packageManager: PackageManager
  }
}

type PackageName = 'api' | 'client' | 'react'
type Variables = Readonly<Record<string, string>>

/** A sample of `examples`, copied out of the workspace and installed. */
export interface Sample {
  readonly directory: string
  /** What a program of `node_modules` writes until it ends. */
  readonly run: (args: readonly string[], env?: Variables) => Promise<string>
  /** Starts a program of `node_modules`. */
  readonly start: (args: readonly string[], env?: Variables) => RunningProgram
  /** Starts a TypeScript file of the sample. */
  readonly startFile: (args: readonly string[], env?: Variables) => RunningProgram
}

export interface Samples {
  readonly folder: string
  /** The tarball of a package of ours. */
  readonly tarball: (name: PackageName) => string
  /** Installs a sample by the package manager of the project, with these tarballs and packages. */
  readonly sample: (name: string, packages?: readonly string[]) => Promise<Sample>
  readonly close: () => Promise<void>
}

// Of the test run they would inherit that this is one.
const ENV = { NODE_ENV: 'production', FORCE_COLOR: '0', NEXT_TELEMETRY_DISABLED: '1' }

/** Packs these packages of ours. Samples are run by Node, and their own files by Bun in its project. */
export async function openSamples(names: readonly PackageName[] = []): Promise<Samples> {
  const packageManager = inject('packageManager')
  const { path: folder, remove } = await temporaryFolder()
  const runtime = packageManager === 'bun' ? await bun() : process.execPath
  const tarballs = new Map<PackageName, string>()
  for (const name of names) tarballs.set(name, await packed(name, folder))
  return {
    folder,
    tarball: (name) => tarballs.get(name) ?? '',
    async sample(name, packages = []) {
      const directory = join(folder, name)
      cpSync(join(root, 'examples', name), directory, { recursive: true })
      await installed(directory, packages, packageManager)
      const options = (env: Variables = {}) => ({ cwd: directory, env: { ...ENV, ...env } })
      return {
        directory,
        run: (args, env) => output(process.execPath, args, options(env)),
        start: (args, env) => new RunningProgram(process.execPath, args, options(env)),
        startFile: (args, env) => new RunningProgram(runtime, args, options(env)),
      }
    },
    close: remove,
  }
}

const STRICT = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2024', '--types', 'node']

/** What the sample's own compiler says of these files; of its project without them. */
export function compiled(sample: Sample, ...files: readonly string[]): Promise<string> {
  const options = files.length === 0 ? [] : [...STRICT, '--allowImportingTsExtensions', '--skipLibCheck', ...files]
  return sample.run(['node_modules/typescript/bin/tsc', ...options])
}
