import { buildSite } from './build-site.ts';
import { siteDir } from './index.ts';

const paths = await buildSite(siteDir);
console.log(`built ${paths.length} pages`);
