import { z } from 'zod'
import { protectedProcedure, router } from '../core/trpc.ts'
import { deliveryPage, redeliver, sendTest } from './deliveries.ts'
import {
  createWebhookInput,
  deliveriesInput,
  deliveriesOutput,
  deliveryOutput,
  redeliverInput,
  updateWebhookInput,
  webhookInput,
  webhookOutput,
  webhookWithSecretOutput,
} from './schema.ts'
import { createWebhook, deleteWebhook, rotateSecret, updateWebhook, webhookOf, webhooksOf } from './webhook.ts'

const path = '/api/{user_id}/webhooks'
const onePath = `${path}/{webhook_id}`

export const webhookRouter = router({
  list: protectedProcedure
    .meta({ summary: 'List your webhooks', rest: { methods: ['GET'], path, status: 200 } })
    .input(z.strictObject({}))
    .output(z.array(webhookOutput))
    .query(({ ctx }) => webhooksOf(ctx)),

  get: protectedProcedure
    .meta({
      summary: 'Get a webhook',
      errors: ['webhook_not_found'],
      rest: { methods: ['GET'], path: onePath, status: 200 },
    })
    .input(webhookInput)
    .output(webhookOutput)
    .query(({ ctx, input }) => webhookOf(ctx, input.webhook_id)),

  create: protectedProcedure
    .meta({
      summary: 'Create a webhook, which gets every change from now on',
      errors: ['webhook_url_refused'],
      rest: { methods: ['POST'], path, status: 201 },
    })
    .input(createWebhookInput)
    .output(webhookWithSecretOutput)
    .mutation(({ ctx, input }) => createWebhook(ctx, input)),

  update: protectedProcedure
    .meta({
      summary: 'Change the fields of a webhook that are sent',
      errors: ['webhook_not_found', 'webhook_url_refused'],
      rest: { methods: ['PATCH'], path: onePath, status: 200 },
    })
    .input(updateWebhookInput)
    .output(webhookOutput)
    .mutation(({ ctx, input }) => updateWebhook(ctx, input)),

  delete: protectedProcedure
    .meta({
      summary: 'Delete a webhook with its deliveries',
      errors: ['webhook_not_found'],
      rest: { methods: ['DELETE'], path: onePath, status: 204 },
    })
    .input(webhookInput)
    .output(z.object({}))
    .mutation(async ({ ctx, input }) => {
      await deleteWebhook(ctx, input.webhook_id)
      return {}
    }),

  test: protectedProcedure
    .meta({
      summary: 'Send a test event to a webhook',
      errors: ['webhook_not_found'],
      rest: { methods: ['POST'], path: `${onePath}/test`, status: 200, input: 'none' },
    })
    .input(webhookInput)
    .output(deliveryOutput)
    .mutation(({ ctx, input }) => sendTest(ctx, input.webhook_id)),

  rotate: protectedProcedure
    .meta({
      summary: 'Replace the secret of a webhook; the old one signs beside the new one for 24 hours',
      errors: ['webhook_not_found'],
      rest: { methods: ['POST'], path: `${onePath}/rotate`, status: 200, input: 'none' },
    })
    .input(webhookInput)
    .output(webhookWithSecretOutput)
    .mutation(({ ctx, input }) => rotateSecret(ctx, input.webhook_id)),

  deliveries: protectedProcedure
    .meta({
      summary: 'List the deliveries of a webhook, the newest first',
      errors: ['webhook_not_found'],
      rest: { methods: ['GET'], path: `${onePath}/deliveries`, status: 200, answer: 'items' },
    })
    .input(deliveriesInput)
    .output(deliveriesOutput)
    .query(({ ctx, input }) => deliveryPage(ctx, input)),

  redeliver: protectedProcedure
    .meta({
      summary: 'Send the event of a delivery again, at once',
      errors: ['webhook_not_found', 'item_not_found'],
      rest: {
        methods: ['POST'],
        path: `${onePath}/deliveries/{delivery_id}/redeliver`,
        status: 200,
        input: 'none',
      },
    })
    .input(redeliverInput)
    .output(deliveryOutput)
    .mutation(({ ctx, input }) => redeliver(ctx, input)),
})
