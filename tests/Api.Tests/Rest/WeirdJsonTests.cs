using Tributary.Api.Tests.Support;
using Tributary.TestingHost.Postgres;

namespace Tributary.Api.Tests.Rest;

/// <summary>What RFC 8259 allows comes back as it went in.</summary>
public abstract class WeirdJsonTests(ServerFixture fixture)
{
    public static TheoryData<string> Bodies =>
    [
        "{}",
        " {\t\"a\" :\r\n 1 }\n",
        """{"nul":"\u0000","key\u0000":1}""",
        """{"escapes":"\u00e9\/\b\f\n\r\t\"\\"}""",
        """{"lone":"\ud800","pair":"\ud83d\ude00"}""",
        """{"unicode":"é ☃ 😀 中文 \u007f"}""",
        """{"big":123456789012345678901234567890.123456789012345678901234567890,"huge":1e400,"tiny":-1E-400,"zero":-0.0}""",
        """{"z":1,"a":2,"z":3,"":4}""",
        """{"deep":[[[[[[[[{"x":[]}]]]]]]]],"n":null,"t":true}""",
        $$"""{"long":"{{new string('x', 50_000)}}"}""",
    ];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task It_comes_back_byte_for_byte_by_every_way(string body)
    {
        var before = (await fixture.Server.AcceptAsync("{}")).Cursor;
        var receipt = await fixture.Server.AcceptAsync(body);

        var page = await fixture.Server.Http.GetStringAsync("/api/v1/messages?offset=0&limit=1");
        Assert.EndsWith($"\"messages\":[{body}]}}", page);
        var single = await fixture.Server.Http.GetStringAsync($"/api/v1/messages/{receipt.Id}");
        Assert.EndsWith($"\"message\":{body}}}", single);
        var run = await fixture.Server.Http.GetStringAsync($"/api/v1/messages?after={before}&limit=5");
        Assert.StartsWith($"{{\"messages\":[{body}],\"next\":\"{receipt.Cursor}\"", run);
        using var feed = await FeedClient.ConnectAsync(fixture.Server, $"?after={before}");
        Assert.Equal(body, await feed.ReadAsync());
    }
}

public sealed class SqliteWeirdJsonTests(ServerFixture fixture) : WeirdJsonTests(fixture), IClassFixture<ServerFixture>;

public sealed class PostgresWeirdJsonTests(PostgresServerFixture fixture)
    : WeirdJsonTests(fixture),
        IClassFixture<PostgresServerFixture>;

/// <summary>The program over a PostgreSQL server of its own.</summary>
public sealed class PostgresServerFixture : ServerFixture
{
    private PostgresCluster? cluster;

    protected override async Task<RunningServer> StartAsync()
    {
        cluster = await PostgresCluster.StartNewAsync();
        return await RunningServer.StartAsync(postgres: await cluster.CreateDatabaseAsync());
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (cluster is not null)
            await cluster.DisposeAsync();
    }
}
