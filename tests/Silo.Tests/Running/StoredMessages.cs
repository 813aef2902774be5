using System.Text.Json;

namespace Tributary.Silo.Tests.Running;

/// <summary>Reads back through the API what a server holds.</summary>
internal static class StoredMessages
{
    /// <summary>Every stored message, oldest first.</summary>
    public static async Task<List<JsonElement>> ReadAllAsync(HttpClient http, CancellationToken cancellation)
    {
        var all = new List<JsonElement>();
        var isComplete = false;
        for (var after = "start"; !isComplete;)
        {
            var run = await ReadAsync(http, $"api/v1/messages?after={after}&limit=100", cancellation);
            all.AddRange(run.GetProperty("messages").EnumerateArray());
            after = run.GetProperty("next").GetString()!;
            isComplete = run.GetProperty("complete").GetBoolean();
        }

        return all;
    }

    /// <summary>All rows of an aggregate.</summary>
    public static async Task<List<JsonElement>> ReadAggregateAsync(
        HttpClient http, string name, CancellationToken cancellation)
    {
        var rows = new List<JsonElement>();
        string? after = null;
        do
        {
            var page = await ReadAsync(
                http,
                $"api/v1/aggregates/{name}?limit=100{(after is null ? "" : "&after=" + Uri.EscapeDataString(after))}",
                cancellation);
            rows.AddRange(page.GetProperty("rows").EnumerateArray());
            after = page.GetProperty("next").GetString();
        }
        while (after is not null);
        return rows;
    }

    public static async Task<JsonElement> ReadAsync(HttpClient http, string path, CancellationToken cancellation) =>
        JsonElement.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative), cancellation));

    /// <summary>Reads until the answer is as wanted, for two minutes at most.</summary>
    public static async Task<JsonElement> WaitAsync(
        HttpClient http, string path, Func<JsonElement, bool> condition, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromMinutes(8));
        while (true)
        {
            var body = await ReadAsync(http, path, cancellation);
            if (condition(body))
                return body;
            await Task.Delay(20, limit.Token);
        }
    }
}
