// Swagger UI marks the dark mode with a class on the root element and leaves it to the page when there is no top bar.
const darkScheme = matchMedia('(prefers-color-scheme: dark)');
const followScheme = () => document.documentElement.classList.toggle('dark-mode', darkScheme.matches);
darkScheme.addEventListener('change', followScheme);
followScheme();

window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  domNode: document.getElementById('content'),
  presets: [SwaggerUIBundle.presets.apis],
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
