import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { contextOf } from './context.ts'
import { router } from './router.ts'

// Everything that speaks Request and Response. In Next.js this is `app/trpc/[trpc]/route.ts`:
//   export { handler as GET, handler as POST }

export function handler(request: Request): Promise<Response> {
  return fetchRequestHandler({
    endpoint: '/trpc',
    req: request,
    router,
    createContext: () => contextOf(request.headers.get('authorization')),
  })
}
