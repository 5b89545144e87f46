import { z } from 'zod'
import { protectedProcedure, router } from '../core/trpc.ts'
import { changeSettings, settingsInput, settingsOf, settingsOutput } from './settings.ts'

const settingsPath = '/api/{user_id}/settings'

export const viewerRouter = router({
  get: protectedProcedure
    .meta({ summary: 'Who you are', rest: { methods: ['GET'], path: '/auth/me', status: 200 } })
    .input(z.strictObject({}))
    .output(z.object({ id: z.string(), email: z.string().nullable(), name: z.string().nullable() }))
    .query(async ({ ctx: { services, principal } }) => {
      const { user_id: id, email, name } = principal
      if (email !== null && name !== null) return { id, email, name }
      // The accounts of this installation have both, even if the token has not.
      const user = await services.db.user.findFirst({ where: { id }, select: { email: true, name: true } })
      return { id, email: email ?? user?.email ?? null, name: name ?? user?.name ?? null }
    }),

  settings: protectedProcedure
    .meta({ summary: 'Get your settings', rest: { methods: ['GET'], path: settingsPath, status: 200 } })
    .input(z.strictObject({}))
    .output(settingsOutput)
    .query(({ ctx }) => settingsOf(ctx)),

  update: protectedProcedure
    .meta({
      summary: 'Change the settings that are sent',
      rest: { methods: ['PATCH'], path: settingsPath, status: 200 },
    })
    .input(settingsInput)
    .output(settingsOutput)
    .mutation(({ ctx, input }) => changeSettings(ctx, input)),
})
