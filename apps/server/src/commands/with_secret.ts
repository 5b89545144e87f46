import { replaceStoredSecret } from '../config/secret.ts'

/** The secret is put in place when everything else is, and removed again if the database then does not commit. */
export async function withSecret<T>(
  secret: string | undefined,
  dataDir: string,
  work: (beforeCommit: () => Promise<void>) => Promise<T>,
): Promise<T> {
  let undo: (() => Promise<void>) | undefined
  try {
    return await work(async () => {
      if (secret !== undefined) undo = await replaceStoredSecret(dataDir, secret)
    })
  } catch (error) {
    await undo?.()
    throw error
  }
}
