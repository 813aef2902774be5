using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Tributary.Silo.Tests.Running;

/// <summary>Reads everything that a server has stored and counts it again, by means of its own.</summary>
internal sealed class Recount(HttpClient http)
{
    /// <summary>How often each message number is stored.</summary>
    public Dictionary<int, int> Stored { get; } = [];

    /// <summary>Count and sum by group.</summary>
    public Dictionary<string, (long Count, decimal Sum)> Groups { get; } = [];

    public static async Task<Recount> ReadAsync(HttpClient http)
    {
        var recount = new Recount(http);
        await recount.ReadAllAsync();
        return recount;
    }

    /// <summary>Asserts that the ledger balances, that the recount of the server matches, and that its aggregate equals this one.</summary>
    public async Task AssertLedgerAndAggregateAsync(string aggregate)
    {
        var ledger = await http.GetFromJsonAsync<JsonElement>("/api/v1/ledger?verify=true");
        Assert.True(ledger.GetProperty("balances").GetBoolean(), ledger.GetRawText());
        Assert.True(ledger.GetProperty("matches").GetBoolean(), ledger.GetRawText());
        Assert.Equal(Stored.Values.Sum(), ledger.GetProperty("accepted").GetInt32());

        var page = await http.GetFromJsonAsync<JsonElement>($"/api/v1/aggregates/{aggregate}?limit=1000");
        var served = page.GetProperty("rows").EnumerateArray().ToDictionary(
            row => row.GetProperty("group").GetProperty("group").GetString()!,
            row => (row.GetProperty("count").GetInt64(), decimal.Parse(row.GetProperty("measures").GetProperty("sum").GetRawText(), CultureInfo.InvariantCulture)));
        Assert.Equal(Groups.OrderBy(group => group.Key), served.OrderBy(group => group.Key));
    }

    private async Task ReadAllAsync()
    {
        for (var after = "start"; ;)
        {
            var run = await http.GetFromJsonAsync<JsonElement>($"/api/v1/messages?after={after}&limit=100");
            foreach (var message in run.GetProperty("messages").EnumerateArray())
            {
                var number = message.GetProperty("n").GetInt32();
                Stored[number] = Stored.GetValueOrDefault(number) + 1;
                var group = message.GetProperty("group").GetString()!;
                var (count, sum) = Groups.GetValueOrDefault(group);
                Groups[group] = (count + 1, sum + message.GetProperty("value").GetDecimal());
            }

            if (run.GetProperty("complete").GetBoolean())
                return;
            after = run.GetProperty("next").GetString()!;
        }
    }
}
