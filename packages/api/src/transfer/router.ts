import { protectedProcedure, router } from '../core/trpc.ts'
import { limits } from '../core/limits.ts'
import { exportPart } from './export.ts'
import { importFile } from './import.ts'
import { exportInput, exportOutput, importInput, importOutput } from './schema.ts'

export const transferRouter = router({
  export: protectedProcedure
    .meta({
      summary: 'Export your tasks as a file',
      rest: { methods: ['GET'], path: '/api/{user_id}/export', status: 200, answer: 'file' },
    })
    .input(exportInput)
    .output(exportOutput)
    .query(({ ctx, input }) => exportPart(ctx, input)),

  import: protectedProcedure
    .meta({
      summary: 'Create the tasks of a file: an export of this service, or of another product',
      errors: ['import_unreadable'],
      rest: {
        methods: ['POST'],
        path: '/api/{user_id}/import',
        status: 200,
        input: 'file',
        bodyLimit: limits.importBytes,
        tells_progress: true,
      },
    })
    .input(importInput)
    .output(importOutput)
    .mutation(({ ctx, input, path }) => importFile(ctx, path, input)),
})
