using Tributary.Storage.InMemory;

namespace Tributary.Simulation.Tests.Cluster;

/// <summary>The canary of the fence: a database that lets a silo write which was declared dead.</summary>
internal sealed class BrokenFence(IStoreFaults faults) : IStoreFaults
{
    public async ValueTask<StoreFate> BeforeAsync(StoreOperation operation)
    {
        var fate = await faults.BeforeAsync(operation);
        return operation.Call == StoreCall.Commit && fate == StoreFate.Proceed ? StoreFate.PassFence : fate;
    }

    public ValueTask WhileOpenAsync(StoreOperation operation) => faults.WhileOpenAsync(operation);

    public ValueTask AfterAsync(StoreOperation operation) => faults.AfterAsync(operation);

    public bool IsPoison(ReadOnlyMemory<byte> body) => faults.IsPoison(body);
}
