using Tributary.Silo.Tests.Running;
using Tributary.TestingHost.Brokers;

namespace Tributary.Silo.Tests.Pipeline;

/// <summary>
/// Deliveries that can never be stored, in front of good ones, as an operator of a whole server sees it.
/// </summary>
public sealed class RefusedDeliveriesTests(PeersFixture peers) : IClassFixture<PeersFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task More_refused_deliveries_than_the_prefetch_hold_up_nothing_behind_them_and_none_is_lost()
    {
        const int BadCount = 1_100;
        const int GoodCount = 100;
        await using var server = await StartAsync("q_starve");
        var publisher = new Publisher(peers.Rabbit.Port, "x_starve", "q_starve");
        await publisher.PublishAsync(
            [.. Enumerable.Range(0, BadCount).Select(i => ("constant", $$"""{"bad":{{i}}}"""))], Cancellation);
        await publisher.PublishAsync(
            [.. Enumerable.Range(0, GoodCount).Select(i => ($"good-{i}", $$"""{"good":{{i}}}"""))], Cancellation);

        // The first under the constant id is stored; each of the others has another body.
        await server.WaitAsync("parked", BadCount - 1);
        await server.WaitAsync("completed", 1 + GoodCount);
        Assert.Equal(0u, await publisher.CountAsync("q_starve", Cancellation));
        var failures = await server.FailuresAsync();
        Assert.NotEmpty(failures);
        Assert.All(failures, failure =>
            Assert.StartsWith("external_id_conflict: ", failure.GetProperty("error").GetString(),
                StringComparison.Ordinal));

        var bodies = (await StoredMessages.ReadAllAsync(server.Http, Cancellation))
            .Select(body =>
                body.TryGetProperty("raw", out var raw) ? System.Text.Encoding.UTF8.GetString(raw.GetBytesFromBase64())
                    : body.GetRawText());
        Assert.Equal(
            Enumerable
                .Range(0, BadCount)
                .Select(i => $$"""{"bad":{{i}}}""")
                .Concat(Enumerable.Range(0, GoodCount).Select(i => $$"""{"good":{{i}}}"""))
                .Order(),
            bodies.Order());
    }

    [Fact]
    public async Task Headers_nested_24000_deep_end_no_process_and_their_delivery_is_parked_with_its_body()
    {
        await using var server = await StartAsync("q_deep");
        var publisher = new Publisher(peers.Rabbit.Port, "x_deep", "q_deep");
        await publisher.PublishAsync([("good-0", """{"good":0}""")], Cancellation);
        await using (var raw = await RawAmqpPublisher.ConnectAsync(peers.Rabbit.Port, Cancellation))
            await raw.PublishAsync(
                "q_deep", "deep", RawAmqpPublisher.NestedArrays(24_000), """{"deep":1}"""u8.ToArray(), Cancellation);
        await publisher.PublishAsync([("good-1", """{"good":1}""")], Cancellation);

        await server.WaitAsync("parked", 1);
        await server.WaitAsync("completed", 2);
        Assert.Equal(
            "headers_invalid: The headers have tables and arrays nested deeper than 64.",
            Assert.Single(await server.FailuresAsync()).GetProperty("error").GetString());
        Assert.Equal(0u, await publisher.CountAsync("q_deep", Cancellation));
        Assert.Equal(0, await server.Process.StopAsync(Cancellation));
    }

    [Fact]
    public async Task One_external_id_of_two_items_is_two_messages_and_of_one_item_one()
    {
        await using var server = await StartAsync("q_scope", "message: {fields: {uuid: {key: id, required: true}}}\n");
        var publisher = new Publisher(peers.Rabbit.Port, "x_scope", "q_scope");

        // As many items as there are partitions, and more: some of them share one.
        var messages = Enumerable.Range(0, 600).Select(i => ("constant", $$"""{"id":"item-{{i}}"}""")).ToList();
        await publisher.PublishAsync([.. messages, .. messages], Cancellation);

        await server.WaitAsync("completed", messages.Count);
        var ledger = await StoredMessages.ReadAsync(server.Http, "api/v1/ledger?verify=true", Cancellation);
        Assert.Equal(messages.Count, ledger.GetProperty("accepted").GetInt32());
        Assert.Empty(await server.FailuresAsync());
    }

    private async Task<PipelineServer> StartAsync(string queue, string more = "") => await PipelineServer.StartNewAsync(
        $"broker: {{type: rabbitmq, host: 127.0.0.1, port: '${{RABBIT_PORT}}', queue: {queue}, exchange: "
        + $"{queue.Replace("q_", "x_", StringComparison.Ordinal)}, exchange_type: direct, routing_key: "
        + $"{queue}}}\n{more}",
        await peers.NewEnvironmentAsync());
}
