#!/bin/sh
# Tries an image: it must refuse to start without a token, become healthy, answer, and stop when told to.
#
#   packaging/docker/try.sh IMAGE
set -eu
image=$1

if docker run --rm "$image" >/dev/null 2>&1; then
  echo "It started without a token." >&2
  exit 1
fi

container=$(docker run -d --read-only --cap-drop ALL -e NASH_LLM_TOKEN=try -p 127.0.0.1:0:8001 "$image")
trap 'docker logs "$container"; docker rm -f "$container" >/dev/null' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10; do
  if docker exec "$container" /usr/local/bin/nash-llm doctor --health; then break; fi
  sleep 1
done

# The door knows the server by the port inside; --allow-host would add others.
address=$(docker port "$container" 8001/tcp | head -n 1)
answer=$(curl -fsSN "http://$address/v1/chat/completions/stream" \
  -H 'host: 127.0.0.1:8001' -H 'authorization: Bearer try' -H 'content-type: application/json' \
  -d '{"messages":[{"role":"user","content":"Hello"}],"model":"demo","api_key":"any-word","api_base_url":"http://demo.invalid/v1"}')
case $answer in
  *'data: [DONE]'*) echo "It answers." ;;
  *)
    printf 'No whole answer:\n%s\n' "$answer" >&2
    exit 1
    ;;
esac

docker stop --time 10 "$container" >/dev/null
[ "$(docker inspect --format '{{.State.ExitCode}}' "$container")" = 0 ]
echo "It stops when told to."
