export { openSite, type Site, type SiteFile, type SiteOptions } from './site.ts'
