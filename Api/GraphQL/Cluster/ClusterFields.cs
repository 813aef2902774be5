using Tributary.Api.Cluster;
using Tributary.GraphQL.Binding;

namespace Tributary.Api.GraphQL.Cluster;

/// <summary>The silos and the partitions.</summary>
internal sealed class ClusterFields(ApiNode node)
{
    public void Bind(SchemaBindings bindings)
    {
        bindings.Object("Query").Ask("cluster", async (_, context) =>
            ClusterBody.Of(await node.Cluster.ReadAsync(context.CancellationToken)));
        bindings.Object<ClusterBody>("Cluster");
        bindings.Object<SiloBody>("Silo");
        bindings.Object<MoveBody>("SiloMove");
        bindings.Object<PartitionBody>("Partition");
    }
}
