/** The configuration of the `prisma` command. It has no import, because `npm start` installs only what serving needs. */
export default { schema: './schema.prisma', migrations: { path: './migrations' } }
