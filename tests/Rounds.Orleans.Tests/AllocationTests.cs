using Tributary.Rounds.Orleans.Tests.Cluster;

namespace Tributary.Rounds.Orleans.Tests;

/// <summary>What a call of a reference costs the caller in this process.</summary>
public sealed class AllocationTests(AllocationTests.Fixture fixture) : IClassFixture<AllocationTests.Fixture>
{
    private const int CallsCount = 10_000;

    /// <summary>Bytes of the call with its request and its grain's key; the result is the grain's.</summary>
    private const int MaxBytes = 200;

    [Fact]
    public async Task A_local_call_allocates_little_and_no_message_of_Orleans()
    {
        var probe = fixture.Cluster.SiloGrains.GetGrain<IProbeGrain>("measured");
        for (var i = 0; i < 1_000; i++)
            await probe.Read();
        var bytes = 0L;
        for (var i = 0; i < CallsCount; i++)
        {
            // Of the calling thread, up to the answer that is awaited.
            var before = GC.GetAllocatedBytesForCurrentThread();
            var call = probe.Read();
            bytes += GC.GetAllocatedBytesForCurrentThread() - before;
            await call;
        }

        bytes /= CallsCount;

        TestContext.Current.SendDiagnosticMessage($"{bytes} bytes a call.");
        Assert.InRange(bytes, 1, MaxBytes);
    }

    /// <summary>A cluster on SQLite without filters.</summary>
    public sealed class Fixture : ClusterFixture
    {
        protected override Task<TestDatabase> NewDatabaseAsync() => Task.FromResult(TestDatabase.Sqlite());
    }
}
