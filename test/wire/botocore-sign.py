"""Signs requests with botocore's own signers: JSON lines in, JSON lines out."""
import json
import sys

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

for line in sys.stdin:
    given = json.loads(line)
    request = AWSRequest(
        method=given["method"],
        url=given["url"],
        headers=given["headers"],
        data=given["body"].encode(),
    )
    credentials = Credentials(given["accessKeyId"], given["secretAccessKey"])
    kind = botocore.auth.SigV4QueryAuth if given["presigned"] else botocore.auth.SigV4Auth
    options = {"expires": 60} if given["presigned"] else {}
    kind(credentials, given["service"], given["region"], **options).add_auth(request)
    prepared = request.prepare()
    headers = {
        name: value.decode() if isinstance(value, bytes) else str(value)
        for name, value in prepared.headers.items()
    }
    print(json.dumps({"url": prepared.url, "headers": headers}))
