// It finds its migrations and its PostgreSQL beside its own files, so it must not be bundled.
// oxlint-disable-next-line import/no-default-export
export default { serverExternalPackages: ['@taskwire/api'] }
