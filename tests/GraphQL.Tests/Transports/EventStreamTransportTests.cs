using System.Text;
using Tributary.GraphQL.Transports;

namespace Tributary.GraphQL.Tests.Transports;

/// <summary>GraphQL over server-sent events, distinct connections mode.</summary>
public sealed class EventStreamTransportTests : IAsyncLifetime
{
    private TestServer server = null!;

    public async ValueTask InitializeAsync() => server = await TestServer.Start();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task The_client_graphql_sse_gets_streams_single_results_and_errors()
    {
        var answers = await Oracle.Run("sse.mjs", new
        {
            url = server.Url,
            operations = new object[]
            {
                new { query = "subscription ($to: Int!) { count(to: $to) }", variables = new { to = 3 } },
                new { query = "{ hello }" },
                new { query = "subscription { forever }", take = 1 },
                new { query = "subscription { breaks }" },
                new { query = "subscription { nothing }" },
            },
        });
        Assert.Equal(
            """{"results":[{"data":{"count":1}},{"data":{"count":2}},{"data":{"count":3}}]}""",
            answers[0].ToString());
        Assert.Equal("""{"results":[{"data":{"hello":"Hello world"}}]}""", answers[1].ToString());
        Assert.Equal("""{"results":[{"data":{"forever":1}}]}""", answers[2].ToString());
        Assert.Contains("The source broke.", answers[3].ToString());
        Assert.Contains("has no field", answers[4].ToString());
        await server.ForeverEnded.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_client_that_leaves_a_silent_stream_ends_it_without_an_error()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Url)
        {
            Content = new StringContent("""{"query":"subscription { forever }"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Accept.ParseAdd("text/event-stream");
        using (var response = await server.Client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken))
        {
            using var reader = new StreamReader(
                await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
            Assert.Equal("event: next", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        }
        await server.ForeverEnded.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Null(await server.RequestEnds.Reader.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_silent_stream_gives_signs_of_life_and_goes_on()
    {
        using var stopping = new CancellationTokenSource();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var lively = await TestServer.Start(
            new GraphQLHttpOptions { EventStreamKeepAlive = TimeSpan.FromMilliseconds(10) });
        lively.EndWith(stopping.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, lively.Url)
        {
            Content = new StringContent(
                """{"query":"subscription { untilStop }"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await lively.Client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(patience.Token));
        await Until("data: {\"data\":{\"untilStop\":1}}");
        await Until(":");
        await Until(":");
        await stopping.CancelAsync();
        await Until("data: {\"data\":{\"untilStop\":2}}");
        await Until("event: complete");

        async Task Until(string line)
        {
            while (await reader.ReadLineAsync(patience.Token) is { } read && read != line)
                Assert.DoesNotContain("error", read);
        }
    }

    [Fact]
    public async Task A_stream_is_written_as_events_that_end_with_complete()
    {
        var answer = await server.Send(
            HttpMethod.Post, "", """{"query":"subscription { count(to: 1) }"}""", ("accept", "text/event-stream"));
        Assert.Equal((200, "text/event-stream"), (answer.Status, answer.MediaType));
        Assert.Equal("event: next\ndata: {\"data\":{\"count\":1}}\n\nevent: complete\ndata: \n\n", answer.Body);
    }
}
