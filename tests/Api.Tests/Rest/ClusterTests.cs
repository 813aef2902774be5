using System.Net.Http.Json;
using System.Text.Json;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.Rest;

/// <summary>A silo that is alone is a cluster of one.</summary>
public sealed class ClusterTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_only_silo_owns_all_partitions_and_tells_its_figures()
    {
        var cluster = await GetAsync("/api/v1/cluster");

        var silo = Assert.Single(cluster.GetProperty("silos").EnumerateArray());
        Assert.Equal(JsonValueKind.Null, silo.GetProperty("silence").ValueKind);
        Assert.Equal(256, silo.GetProperty("partitionCount").GetInt32());
        Assert.True(silo.GetProperty("hasSession").GetBoolean());
        Assert.True(silo.GetProperty("roundsPerSecond").GetDouble() >= 0);
        Assert.Equal(0, silo.GetProperty("deferredRowCount").GetInt32());
        var partitions = cluster.GetProperty("partitions").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Range(0, 256), partitions.Select(static one => one.GetProperty("id").GetInt32()));
        Assert.All(partitions, one => Assert.Equal(
            silo.GetProperty("id").GetInt64(), one.GetProperty("silo").GetInt64()));
    }

    [Fact]
    public async Task GraphQL_tells_the_same()
    {
        var rest = await GetAsync("/api/v1/cluster");
        const string Query = """
            { cluster {
              silos {
                id address isLeaving isCordoned partitionCount silence commitMs moves { at kind partitionCount why }
              }
              partitions { id silo deferredRowCount }
            } }
            """;
        using var answer = await fixture.Server.Http.PostAsync(
            "/graphql", JsonContent.Create(new { query = Query }), Cancellation);
        var cluster = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation)).RootElement
            .GetProperty("data").GetProperty("cluster");

        Assert.Equal(
            rest.GetProperty("silos")[0].GetProperty("id").GetInt64(),
            cluster.GetProperty("silos")[0].GetProperty("id").GetInt64());
        Assert.Equal(256, cluster.GetProperty("partitions").GetArrayLength());
    }

    [Fact]
    public async Task The_only_silo_is_not_drained()
    {
        using var refused = await fixture.Server.Http.PostAsync("/api/v1/cluster/drain", null, Cancellation);
        await refused.IsProblemAsync(409, "last_silo");
        using var unknown = await fixture.Server.Http.PostAsync("/api/v1/cluster/drain?silo=4711", null, Cancellation);
        await unknown.IsProblemAsync(404, "silo_not_found");
        using var odd = await fixture.Server.Http.PostAsync("/api/v1/cluster/drain?silo=first", null, Cancellation);
        await odd.IsProblemAsync(400, "parameter_invalid");

        using var undone = await fixture.Server.Http.PostAsync("/api/v1/cluster/uncordon", null, Cancellation);
        var silo = JsonDocument.Parse(await undone.Content.ReadAsStringAsync(Cancellation)).RootElement;
        Assert.False(silo.GetProperty("isCordoned").GetBoolean());
        Assert.Equal(256, silo.GetProperty("partitionCount").GetInt32());
    }

    private async Task<JsonElement> GetAsync(string path) =>
        JsonDocument.Parse(await fixture.Server.Http.GetStringAsync(path, Cancellation)).RootElement;
}
