using System.Net;
using System.Text;
using System.Text.Json;
using Tributary.Silo.Tests.Running;

namespace Tributary.Silo.Tests.Replays;

/// <summary>Asks a server to build and switch generations, as an operator would.</summary>
internal sealed class Reprocessing(HttpClient http, CancellationToken cancellation)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Stores lines of JSON; every line must be accepted.</summary>
    public async Task StoreAsync(IEnumerable<string> lines)
    {
        // In parts: the answer is read only after the request was sent.
        foreach (var part in lines.Chunk(2_000))
        {
            using var content = new StringContent(string.Join('\n', part), Encoding.UTF8, "application/x-ndjson");
            using var answer = await http.PostAsync(
                new Uri("api/v1/messages/batch", UriKind.Relative), content, cancellation);
            var results = (await answer.Content.ReadAsStringAsync(cancellation)).Split(
                '\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(
                part.Length,
                results.Count(static result => result.Contains("\"status\":202", StringComparison.Ordinal)));
        }
    }

    public Task<JsonElement> BeginAsync(string what) => PostAsync($"api/v1/reprocess?{what}", HttpStatusCode.Accepted);

    public Task<JsonElement> SwitchAsync(string name, int generation) =>
        PostAsync($"api/v1/generations/{name}/switch?generation={generation}", HttpStatusCode.OK);

    /// <summary>The code of the refusal.</summary>
    public async Task<string> RefusedAsync(string path)
    {
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), null, cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        Assert.True((int)answer.StatusCode is >= 400 and < 500, text);
        return JsonElement.Parse(text).GetProperty("code").GetString()!;
    }

    /// <summary>The numbers of a name's generations, the live one with a star: <c>1* 2</c>.</summary>
    public async Task<string> GenerationsAsync(string name) =>
        string.Join(
            ' ',
            (await StoredMessages.ReadAsync(http, "api/v1/generations", cancellation))
                .GetProperty("generations")
                .EnumerateArray()
                .Where(one => one.GetProperty("name").GetString() == name)
                .Select(one =>
                    one.GetProperty("generation").GetRawText() + (one.GetProperty("isLive").GetBoolean() ? "*" : "")));

    /// <summary>Returns when so many messages are completed.</summary>
    public Task WaitForCompletedAsync(int count) =>
        WaitAsync(
            stop => StoredMessages.ReadAsync(http, "api/v1/ledger", stop),
            ledger => ledger.GetProperty("completed").GetInt64() >= count);

    /// <summary>The replay of a name once it is as asked.</summary>
    public Task<JsonElement> WaitAsync(string name, Func<JsonElement, bool> until) =>
        WaitAsync(stop => ReadAsync(name, stop), until);

    private async Task<JsonElement> WaitAsync(
        Func<CancellationToken, Task<JsonElement>> read, Func<JsonElement, bool> until)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        while (true)
        {
            var found = await read(limit.Token);
            if (until(found))
                return found;
            // Another process has no signal to wait for.
            await Task.Delay(5, limit.Token);
        }
    }

    public static bool Ended(JsonElement replay) => replay.GetProperty("status").GetString() != "RUNNING";

    private async Task<JsonElement> ReadAsync(string name, CancellationToken stop) =>
        (await StoredMessages.ReadAsync(http, "api/v1/reprocess", stop)).GetProperty("generations").EnumerateArray()
        .Last(one => one.GetProperty("name").GetString() == name).GetProperty("replay");

    private async Task<JsonElement> PostAsync(string path, HttpStatusCode status)
    {
        using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), null, cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        Assert.True(answer.StatusCode == status, text);
        return JsonElement.Parse(text);
    }
}
