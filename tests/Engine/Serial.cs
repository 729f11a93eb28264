// libtorch's generator and the count of live tensors belong to the process: tests that watch them cannot share it
[assembly: CollectionBehavior(DisableTestParallelization = true)]
