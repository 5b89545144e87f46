export { appRouter, createCaller, type AppRouter } from './router.ts'
export { changeFeed } from './log/feed.ts'
export { purge, type Purged } from './log/purge.ts'
export type {
  Assistant,
  AssistantReply,
  AssistantRequest,
  AssistantTool,
  PastMessage,
  ToolOutcome,
} from './chat/assistant.ts'
export { answerOutput, conversationOutput, messageOutput } from './chat/schema.ts'
export type { ChatAnswer, ChatEvent, TokenUsage, ToolCall } from './chat/schema.ts'
export type { CallRecord, CallTrace, Context, Via } from './core/context.ts'
export type {
  Allowance,
  ChangeFeed,
  CursorCodec,
  Log,
  Principal,
  RateLimit,
  ReminderFeed,
  Services,
  TokenVerifier,
} from './core/services.ts'
export { authorizeCall } from './core/call_steps.ts'
export { cursorCodec } from './core/cursor.ts'
export type { JsonAnswer, JsonPage } from './core/json_answer.ts'
export { limits } from './core/limits.ts'
export { operations, type Operation, type RunAsJson } from './core/operations.ts'
export { publicError } from './errors/public_error.ts'
export { rateLimit } from './core/rate_limit.ts'
export { apiErrors, ApiError } from './errors/api_error.ts'
export type { ErrorCode, ErrorDetails, ErrorRetry, ErrorSubject, FieldError } from './errors/api_error.ts'
export { ACCESS_TOKEN_PREFIX, API_KEY_PREFIX, bearerToken, tokenVerifier } from './auth/token.ts'
export { createRevocations, type Revocations, type RevocationStore } from './auth/revocations.ts'
export type { PrincipalLookup, TokenRules, TrustedIssuer } from './auth/token_rules.ts'
export { agentErrorMessage, type AgentErrorMessage } from './tools/agent_error.ts'
export { effectOf, type ToolEffect } from './tools/effect.ts'
export { tools, toolSchema, toolsFor, type Tool } from './tools/tools.ts'
export type { OperationMeta, RestMeta, ToolPresentation, ToolMeta, ToolResult, WrittenToolResult } from './core/meta.ts'
export { calendarFile, type CalendarFile } from './feed/calendar_file.ts'
export { decodeFile } from './transfer/text/decode.ts'
export { mediaTypes } from './transfer/export.ts'
export { exportFormats, importSources } from './transfer/schema.ts'
export type { ExportFormat, ImportOutput, ImportSource } from './transfer/schema.ts'
export { isUserId } from '@taskwire/db'
export { exampleTask, type FieldName, type SettableField } from './task/fields.ts'
export { publishedFields, type PublishedField } from './task/published_fields.ts'
export { listedTaskOutput, loggedTaskOutput, taskOutput, type LoggedTask, type Task } from './task/schema.ts'
export { changeOutput, type Change } from './log/schema.ts'
export { deliveryOutput, webhookOutput, type Delivery, type Webhook } from './webhook/schema.ts'
export { reminderEvent, reminderOutput, type Reminder, type ReminderEvent } from './reminder/schema.ts'
export { purgeDeliveries } from './webhook/purge_deliveries.ts'
export { webhookDeliveries, type DeliveryOptions, type WebhookDeliveries } from './webhook/delivery_loop.ts'
export { reminderFeed } from './reminder/feed.ts'
export {
  claimReminderMails,
  isUnsubscribeToken,
  MAIL_LEASE_MINUTES,
  purgeReminderMails,
  removeReminderMail,
  retryReminderMail,
  unsubscribe,
  unsubscribeToken,
  type ReminderMail,
} from './reminder/mail_queue.ts'
export { reminderPushes, type PushOptions, type ReminderPushes } from './push/push_loop.ts'
export { vapidKeys } from './push/vapid.ts'
export {
  isPushEndpoint,
  pushSubscriptionInput,
  removePushSubscription,
  savePushSubscription,
} from './push/subscription.ts'
export { purgeReminders, reminderLoop, type ReminderOptions, type Reminders } from './reminder/reminder_loop.ts'
