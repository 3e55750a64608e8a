"""llama.cpp's server with Gemma 3 270M, until it is told to end: serve.py PORT CONTEXT SLOTS MODEL_FILE"""

import signal
import sys

import xllamacpp

port, context, slots, model = sys.argv[1:]
params = xllamacpp.CommonParams()
params.model.path = model
params.n_ctx = int(context) * int(slots)
params.n_parallel = int(slots)
params.hostnames = ["127.0.0.1"]
params.port = int(port)
params.use_jinja = True
params.endpoint_slots = True
server = xllamacpp.Server(params)
signal.sigwait({signal.SIGTERM, signal.SIGINT})
