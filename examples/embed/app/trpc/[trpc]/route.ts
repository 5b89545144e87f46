export { handler as GET, handler as POST } from '../../../next.ts'
