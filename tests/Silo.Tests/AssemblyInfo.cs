// These tests wait for processes of their own most of the time: as many as there are processors leave half of them idle.
[assembly: Xunit.v3.Parallelization(MaxThreads = 4)]
