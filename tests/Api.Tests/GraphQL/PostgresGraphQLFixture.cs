using Tributary.Api.Tests.Support;
using Tributary.TestingHost.Postgres;

namespace Tributary.Api.Tests.GraphQL;

/// <summary>The same over a PostgreSQL server of its own.</summary>
public sealed class PostgresGraphQLFixture : GraphQLServerFixture
{
    private PostgresCluster? cluster;

    public override async Task<RunningServer> NewServerAsync()
    {
        cluster ??= await PostgresCluster.StartNewAsync();
        return await RunningServer.StartAsync(postgres: await cluster.CreateDatabaseAsync(), aggregates: Aggregates);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (cluster is not null)
            await cluster.DisposeAsync();
    }
}
