import { toolRunner } from './sdk.shared.mjs';

export default toolRunner('SDK toolRunner, eager', { runToolsEagerly: true });
