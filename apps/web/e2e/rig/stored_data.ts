import type { Page } from 'playwright-core'

export type StoreName = 'task' | 'place' | 'write'
type Row = Readonly<Record<string, unknown>>

/** All rows of a store of the app's IndexedDB. */
export function readStore(page: Page, name: StoreName): Promise<Row[]> {
  return page.evaluate(
    (store) =>
      new Promise<Row[]>((resolve, reject) => {
        const opening = indexedDB.open('taskwire')
        opening.addEventListener('error', () => reject(new Error('IndexedDB could not be opened')))
        opening.addEventListener('success', () => {
          const db = opening.result
          const rows = db.transaction(store).objectStore(store).getAll()
          rows.addEventListener('success', () => {
            db.close()
            resolve(rows.result)
          })
        })
      }),
    name,
  )
}

/** Puts rows into the stores of the app's IndexedDB, as another build would have left them. */
export function writeStores(page: Page, rows: Partial<Record<StoreName, readonly object[]>>): Promise<void> {
  return page.evaluate(
    (stores) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('taskwire')
        opening.addEventListener('error', () => reject(new Error('IndexedDB could not be opened')))
        opening.addEventListener('success', () => {
          const db = opening.result
          const transaction = db.transaction(Object.keys(stores), 'readwrite')
          for (const [name, values] of Object.entries(stores)) {
            for (const value of values) transaction.objectStore(name).put(value)
          }
          transaction.addEventListener('complete', () => {
            db.close()
            resolve()
          })
          transaction.addEventListener('abort', () => reject(new Error('The rows could not be stored')))
        })
      }),
    rows,
  )
}
