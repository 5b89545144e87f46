export { openPage, type FakePage } from './browser.ts'
export { fakeServer, openStream, type FakeServer } from './fake_client.ts'
export { createChangeBuffer } from '../src/sync/change_buffer.ts'
export { changeOf, taskWith, writeOf } from './tasks.ts'
