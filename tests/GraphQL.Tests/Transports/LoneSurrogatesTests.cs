using System.Text;
using System.Text.Json;
using Tributary.GraphQL.Transports;

namespace Tributary.GraphQL.Tests.Transports;

/// <summary>
/// Half of a surrogate pair, which JSON can say and no text can hold, is an error of the request that has it, and of
/// no other.
/// </summary>
public sealed class LoneSurrogatesTests : IAsyncLifetime
{
    private TestServer server = null!;

    public async ValueTask InitializeAsync() => server = await TestServer.Start();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    public static TheoryData<string> Halves =>
        [@"\ud800", @"\uDBFF", @"\udc00", @"\uDFFF", @"a\ud800b", @"\ud800\u0041", @"\ud800\ud800\udc00",
        @"\udc00\ud800", @"\\\ud83d", @"\ud83d\\ude00"];

    /// <summary>Where the half stands in a request.</summary>
    private static readonly string[] Places =
    [
        """{"query":"{ hello(name: \"H\") }"}""",
        """{"query":"# H\n{ hello }"}""",
        """{"query":"query ($n: String) { hello(name: $n) }","variables":{"n":"H"}}""",
        """{"query":"query ($n: String) { hello(name: $n) }","variables":{"H":"n"}}""",
        """{"query":"query ($n: String) { hello(name: $n) }","variables":{"n":[{"H":1}]}}""",
        """{"query":"{ hello }","operationName":"H"}""",
        """{"query":"{ hello }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"H"}}}""",
        """{"query":"{ hello }","extensions":{"H":1}}""",
        """{"query":"{ hello }","unknown":"H"}""",
        """{"H":1,"query":"{ hello }"}""",
    ];

    [Theory]
    [MemberData(nameof(Halves))]
    public async Task Over_HTTP_it_is_a_bad_request(string half)
    {
        foreach (var place in Places)
        {
            foreach (var accept in new[] { "application/json", "application/graphql-response+json",
                "text/event-stream" })
            {
                var answer = await server.Send(
                    HttpMethod.Post, "", place.Replace("H", half, StringComparison.Ordinal), ("accept", accept));
                Assert.True(
                    answer.Status == 400, $"{answer.Status} for {place} with {half} as {accept}: {answer.Body}");
                Assert.Equal(
                    "BAD_REQUEST",
                    JsonElement
                        .Parse(answer.Body)
                        .GetProperty("errors")[0]
                        .GetProperty("extensions")
                        .GetProperty("code")
                        .GetString());
            }
        }

        var variables = Uri.EscapeDataString("""{"n":"H"}""".Replace("H", half, StringComparison.Ordinal));
        Assert.Equal(400, (await server.Send(HttpMethod.Get,
            "?query=query($n:String){hello(name:$n)}&variables=" + variables, null)).Status);
        Assert.Equal(400, (await server.Send(HttpMethod.Get, "?query={hello}&extensions=" + variables, null)).Status);
    }

    [Theory]
    [MemberData(nameof(Halves))]
    public async Task Over_a_WebSocket_it_is_an_error_of_the_operation_and_the_others_go_on(string half)
    {
        using var socket = await server.Connect();
        await socket.Init();
        await socket.Subscribe("lives", "subscription { forever }");
        Assert.Contains("\"lives\"", await socket.Receive(), StringComparison.Ordinal);
        foreach (var place in Places)
        {
            await socket.Send(
                $$"""{"type":"subscribe","id":"bad","payload":{{place.Replace("H", half, StringComparison.Ordinal)}}}""");
            var answer = await socket.Receive();
            Assert.StartsWith("""{"id":"bad","type":"error","payload":[{"message":""", answer,
                StringComparison.Ordinal);
        }

        // An id can be one as well: the error comes under the id as it was sent.
        await socket.Send($$$"""{"type":"subscribe","id":"{{{half}}}","payload":{"query":"{ hello }"}}""");
        Assert.StartsWith($$"""{"id":"{{half}}","type":"error",""", await socket.Receive(), StringComparison.Ordinal);
        await socket.Send($$"""{"type":"complete","id":"{{half}}"}""");
        await socket.Send($$"""{"{{half}}":1,"type":"pong"}""");
        await socket.Send($$$"""{"type":"ping","payload":{"p":"{{{half}}}"}}""");
        Assert.Equal($$$"""{"type":"pong","payload":{"p":"{{{half}}}"}}""", await socket.Receive());
        await socket.Subscribe("good", "{ hello }");
        Assert.Equal("""{"id":"good","type":"next","payload":{"data":{"hello":"Hello world"}}}""",
            await socket.Receive());
        Assert.Equal("""{"id":"good","type":"complete"}""", await socket.Receive());

        // The first one lives: its id is taken.
        await socket.Subscribe("lives", "{ hello }");
        Assert.Equal("4409", await socket.Receive());
    }

    [Theory]
    [InlineData("4400", """{"type":"\ud800"}""")]
    [InlineData("4401", """{"type":"subscribe","id":"1","payload":{"query":"\ud800"}}""")]
    [InlineData("4400", """{"type":"connection_init","payload":{"a":"\ud800"}}""",
        """{"type":"subscribe","payload":{"query":"\ud800"}}""")]
    [InlineData("4429", """{"type":"connection_init","payload":{"a":"\ud800"}}""",
        """{"type":"connection_init","payload":{"\ud800":1}}""")]
    public async Task What_breaks_the_protocol_besides_closes_as_ever(string code, params string[] messages)
    {
        using var socket = await server.Connect();
        foreach (var message in messages) await socket.Send(message);
        var answer = await socket.Receive();
        Assert.Equal(code, answer == """{"type":"connection_ack"}""" ? await socket.Receive() : answer);
    }

    [Fact]
    public async Task Whole_pairs_are_text()
    {
        var answer = await server.Send(
            HttpMethod.Post,
            "",
            """{"query":"query ($n: String) { hello(name: $n) }","variables":{"n":"\ud83d\ude00 \\ud800"}}""");
        Assert.Equal(
            (200, "Hello 😀 \\ud800"),
            (answer.Status, JsonElement.Parse(answer.Body).GetProperty("data").GetProperty("hello").GetString()));
    }

    /// <summary>The finder says what a reader of all strings and names would.</summary>
    [Fact]
    public void The_finder_agrees_with_a_reader_of_every_string()
    {
        var random = new Random(Seed.OfRun);
        string[] pieces = [@"\ud800", @"\udbff", @"\udc00", @"\udfff", @"\ud83d\ude00", @"\u0041", @"\\", @"\""", @"\n",
            "a", "ud800", "é", "😀", @"\\u"];
        var found = 0;
        for (var i = 0; i < 20_000; i++)
        {
            string Text() => string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ =>
                pieces[random.Next(pieces.Length)]));
            var json = $$"""{"{{Text()}}":["{{Text()}}",{"a":"{{Text()}}"}]}""";
            var expected = !AreReadable(json);
            Assert.True(expected == LoneSurrogates.AreIn(Encoding.UTF8.GetBytes(json)), $"seed {Seed.OfRun}: {json}");
            found += expected ? 1 : 0;
        }

        Assert.InRange(found, 2_000, 18_000);
    }

    private static bool AreReadable(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) reader.GetString();
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
