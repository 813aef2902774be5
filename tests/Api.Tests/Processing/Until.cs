using System.Text.Json;
using Tributary.Api.Tests.Support;

namespace Tributary.Api.Tests.Processing;

/// <summary>Waits for what must come.</summary>
internal static class Until
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public static async Task TrueAsync(Func<Task<bool>> isSo, string failure)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await isSo())
        {
            Assert.False(limit.IsCancellationRequested, failure);
            await Task.Delay(10, CancellationToken.None);
        }
    }

    /// <summary>Waits until the counts of the ledger are these.</summary>
    public static Task LedgerIsAsync(this RunningServer server, int completed, int retrying = 0, int parked = 0)
    {
        var wanted = (completed, retrying, parked);
        var found = (0, 0, 0);
        return TrueAsync(
            async () =>
            {
                var ledger = await server.GetAsync("/api/v1/ledger");
                int Count(string status) => ledger.GetProperty(status).GetInt32();
                found = (Count("completed"), Count("retrying"), Count("parked"));
                return found == wanted && Count("processing") == 0;
            },
            $"Completed, retrying and parked are not {wanted}.");
    }

    /// <summary>Posts a message of the item that refers to a file.</summary>
    public static Task<RunningServer.Receipt> ReferAsync(
        this RunningServer server, string item, string file, string source = "rest") =>
        server.AcceptAsync($$"""{"id":"{{item}}","file":"{{file}}"}""", $"/api/v1/messages?source={source}");

    public static IEnumerable<string?> TextsOf(this JsonElement list, string name) =>
        list.EnumerateArray().Select(one => one.GetProperty(name).GetString());
}
