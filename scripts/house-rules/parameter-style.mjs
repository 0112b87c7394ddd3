import { eachRequestParameter } from './each-request-parameter.mjs';

/** Lists in a query are written `a=1&a=2` (form, explode) and objects `a[b]=1` (deepObject): the client writes no other style. */
export const ParameterStyle = () =>
  eachRequestParameter('query', (parameter, schema, ctx) => {
    const isObject = [schema.type].flat().includes('object');
    const style = parameter.style ?? 'form';
    const explode = parameter.explode ?? style === 'form';
    if (isObject ? style === 'deepObject' : style === 'form' && explode) return;
    const wanted = isObject ? 'style: deepObject' : 'style: form and explode: true, the defaults';
    ctx.report({ message: `The query parameter "${parameter.name}" needs ${wanted}.`, location: ctx.location });
  });
