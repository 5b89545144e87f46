// The package finds its migrations and its PostgreSQL beside its own files, and shares tRPC's error class: no bundle of either.
// oxlint-disable-next-line import/no-default-export
export default { serverExternalPackages: ['@taskwire/api', '@trpc/server'] }
