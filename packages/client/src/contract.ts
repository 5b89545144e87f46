import type { AppRouter, FieldError, ErrorCode } from '@taskwire/api'

// Only types of this file are used, and only its declarations are published. TypeScript declares a value whose type is
// inferred with that type spelled out: so the published types need neither the server's source nor zod.

/** Every procedure of the server: its type, input and output. */
export const procedures = spelledOut<AppRouter['_def']['record']>()

/** Every error code. */
export const apiErrors = listed<ErrorCode>()

/** One rule that an input violates. */
export const fieldError = copied<FieldError>()

function spelledOut<Routers>() {
  return shape<{
    [Router in keyof Routers]: {
      [Name in keyof Routers[Router]]: Routers[Router][Name] extends {
        _def: { type: infer Type; $types: { input: infer Input; output: infer Output } }
      }
        ? {
            type: Type
            input: Input
            output: Output extends AsyncIterable<infer Item>
              ? AsyncIterable<
                  // Reminders have no id. They come only where they are asked for: see `onReminder` of `Changes`.
                  Exclude<Item, { remind_at: string }> extends { id: string; data: infer Data }
                    ? { id: string; data: Data }
                    : { [Field in keyof Item]: Item[Field] },
                  void,
                  unknown
                >
              : Output
          }
        : never
    }
  }>()
}

function listed<Names extends string>() {
  return shape<{ [Name in Names]: Name }>()
}

function copied<Fields>() {
  return shape<{ [Name in keyof Fields]: Fields[Name] }>()
}

declare function shape<T>(): T
