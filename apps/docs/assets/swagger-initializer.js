// Swagger UI marks the dark mode with a class on the root element and leaves it to the page when there is no top bar.
const darkScheme = matchMedia('(prefers-color-scheme: dark)');
const followScheme = () => document.documentElement.classList.toggle('dark-mode', darkScheme.matches);
darkScheme.addEventListener('change', followScheme);
followScheme();

// Swagger UI fills the form with the examples of all parameters. Executed like that, an operation would filter by ids that do not exist,
// send somebody's cursor, and repeat one Idempotency-Key, so only what an operation needs keeps its example.
function withoutOptionalExamples(value) {
  if (Array.isArray(value)) return value.map(withoutOptionalExamples);
  if (value === null || typeof value !== 'object') return value;
  const isOptionalParameter = 'in' in value && 'name' in value && !value.required;
  const kept = Object.entries(value).filter(([key]) => !(isOptionalParameter && (key === 'example' || key === 'examples')));
  return Object.fromEntries(kept.map(([key, each]) => [key, withoutOptionalExamples(each)]));
}

const emptyForms = () => ({
  statePlugins: {
    spec: { wrapActions: { updateJsonSpec: (update) => (contract) => update(withoutOptionalExamples(contract)) } },
  },
});

window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  domNode: document.getElementById('content'),
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [emptyForms],
  layout: 'BaseLayout',
  deepLinking: true,
  displayOperationId: true,
  displayRequestDuration: true,
  filter: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  // The contract is checked before it is published; the validator would send it to another server.
  validatorUrl: null,
  // A key typed in here may be the organization's: it ends with the tab instead of staying in the browser's storage.
  persistAuthorization: false,
});
