import requests

api_key = 'apps_your_api_key'

headers = {
    'X-API-Key': api_key,
    'Content-Type': 'application/json'
}

response = requests.get('https://api.appizer.com/v1/apps', headers=headers)

result = response.json()

if result.get('success'):
    for app in result['apps']:
        print(f"App: {app['name']} ({app['id']})")
else:
    print(f"Error: {result.get('error')}")
