using Tributary.Silo.Tests.Page;

namespace Tributary.Silo.Tests.Running;

public sealed class FailedMessageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_message_is_tried_again_or_given_up_whole_or_by_plugin()
    {
        await using var server = await ProcessingServer.StartNewAsync(Cancellation);
        var waiting = await server.PostAsync(
            """{"uuid":"a","file":"here.txt","want":{"error":"Later.","retry":true}}""", "rest");
        await server.WaitForStatusAsync(waiting, "RETRYING");

        Assert.Empty(await ChangedAsync(server, waiting, "park?plugin=sizes"));
        Assert.Empty(await ChangedAsync(server, waiting, "park?plugin="));
        Assert.Equal(["picky"], await ChangedAsync(server, waiting, "park?plugin=picky"));
        await server.WaitForStatusAsync(waiting, "PARKED");
        Assert.Empty(await ChangedAsync(server, waiting, "park"));
        Assert.Equal(["picky"], await ChangedAsync(server, waiting, "retry"));
        await server.WaitForStatusAsync(waiting, "RETRYING");

        var missing = await server.PostMissingAsync("rest", "b.txt");
        server.WriteContent("rest-b.txt");
        Assert.Equal([""], await ChangedAsync(server, missing, "retry?plugin="));
        await server.WaitForStatusAsync(missing, "COMPLETED");
        Assert.Empty(await ChangedAsync(server, missing, "retry"));
    }

    [Fact]
    public async Task A_message_that_is_not_there_is_not_tried_again()
    {
        await using var server = await TributaryProcess.StartNewAsync(isDemo: false, Cancellation);
        using var http = new HttpClient { BaseAddress = server.Address };
        foreach (var (path, status) in new[]
            {
                ("01890000-0000-7000-8000-000000000000/retry", 404),
                ("x/park", 400),
                ("01890000-0000-7000-8000-000000000000/park?all=1", 400),
            })
        {
            using var answer = await http.PostAsync(
                new Uri($"api/v1/messages/{path}", UriKind.Relative), null, Cancellation);
            Assert.Equal(status, (int)answer.StatusCode);
        }
    }

    private static async Task<IEnumerable<string?>> ChangedAsync(ProcessingServer server, string id, string action) =>
        [
            .. (await server.ChangeAsync($"api/v1/messages/{id}/{action}"))
                .GetProperty("changed")
                .EnumerateArray()
                .Select(plugin => plugin.GetString()),
        ];
}
