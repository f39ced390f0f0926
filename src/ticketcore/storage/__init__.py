"""Where records live: the contract that adapters keep, in `protocols`, and the reference adapter, in `memory`."""
