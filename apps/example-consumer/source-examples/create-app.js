const fetch = require('node-fetch');

const apiKey = 'apps_your_api_key';

const appData = {
  name: 'My New App',
  description: 'My awesome app',
  timezone: 'America/New_York'
};

const response = await fetch('https://api.appizer.com/v1/apps', {
  method: 'POST',
  headers: {
    'X-API-Key': apiKey,
    'Content-Type': 'application/json'
  },
  body: JSON.stringify(appData)
});

const result = await response.json();

if (result.success) {
  console.log('App created:', result.app.id);
} else {
  console.error('Error:', result.error);
}
