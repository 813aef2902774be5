using System.Text.Json;
using Tributary.Silo.Tests.Running;

namespace Tributary.Silo.Tests.Pipeline;

/// <summary>What should have come out, counted from the files alone, beside what the server says.</summary>
internal sealed class Recount(HttpClient http, IReadOnlyList<ContentFile> files)
{
    public async Task CheckAsync(CancellationToken cancellation)
    {
        await CheckLedgerAsync(cancellation);
        await CheckRecordsAsync(cancellation);
        await CheckAggregatesAsync(cancellation);
        using var failures = await ReadAsync("api/v1/failures", cancellation);
        Assert.Empty(failures.RootElement.GetProperty("failures").EnumerateArray());
    }

    private async Task CheckLedgerAsync(CancellationToken cancellation)
    {
        using var ledger = await ReadAsync("api/v1/ledger?verify=true", cancellation);
        Assert.True(ledger.RootElement.GetProperty("balances").GetBoolean(), ledger.RootElement.GetRawText());
        Assert.True(ledger.RootElement.GetProperty("matches").GetBoolean(), ledger.RootElement.GetRawText());
        Assert.Equal(files.Count, ledger.RootElement.GetProperty("completed").GetInt64());
    }

    private async Task CheckRecordsAsync(CancellationToken cancellation)
    {
        var hashes = await RecordsAsync("hashes", cancellation);
        var types = await RecordsAsync("datatypes", cancellation);
        var sizes = await RecordsAsync("sizes", cancellation);
        Assert.Equal(files.Count, hashes.Count);
        Assert.Equal(files.Count, types.Count);
        Assert.Equal(files.Count, sizes.Count);
        foreach (var file in files)
        {
            Assert.Equal(file.Sha512, hashes[file.Uuid].GetProperty("sha512").GetString());
            Assert.Equal(file.MediaType, types[file.Uuid].GetProperty("media_type").GetString());
            Assert.Equal(file.Bytes.Length, sizes[file.Uuid].GetProperty("bytes").GetInt64());
        }

        var pictures = await RecordsAsync("exif", cancellation);
        Assert.Equal(
            files.Where(file => file.MediaType == "image/jpeg").Select(file => file.Uuid).Order(),
            pictures.Keys.Order());
    }

    private async Task CheckAggregatesAsync(CancellationToken cancellation)
    {
        var sizes = (await StoredMessages.ReadAggregateAsync(http, "sizes", cancellation)).ToDictionary(row =>
            Group(row, "media_type"));
        foreach (var type in files.GroupBy(file => file.MediaType))
        {
            var measures = sizes[type.Key].GetProperty("measures");
            Assert.Equal(type.Count(), measures.GetProperty("count").GetInt64());
            Assert.Equal(type.Sum(file => (long)file.Bytes.Length), measures.GetProperty("sum").GetInt64());
            Assert.Equal(type.Max(file => file.Bytes.Length), measures.GetProperty("max").GetInt64());
        }

        var copies = (await StoredMessages.ReadAggregateAsync(http, "duplicates", cancellation)).ToDictionary(row =>
            Group(row, "sha256"));
        var groups = files.GroupBy(file => file.Sha256).ToList();
        Assert.Equal(groups.Count, copies.Count);
        foreach (var group in groups)
        {
            var measures = copies[group.Key].GetProperty("measures");
            Assert.Equal(group.Count(), measures.GetProperty("count").GetInt64());
            Assert.Equal(group.Count(), measures.GetProperty("items").GetInt64());
        }
    }

    private static string Group(JsonElement row, string name) =>
        row.GetProperty("group").GetProperty(name).GetString()!;

    private async Task<Dictionary<string, JsonElement>> RecordsAsync(string plugin, CancellationToken cancellation)
    {
        var records = new Dictionary<string, JsonElement>();
        for (var next = ""; next is not null;)
        {
            using var page = await ReadAsync(
                $"api/v1/records/{plugin}?limit=1000{(next.Length == 0 ? "" : "&after=" + next)}", cancellation);
            foreach (var record in page.RootElement.GetProperty("records").EnumerateArray())
                records.Add(record.GetProperty("item").GetString()!, record.GetProperty("document").Clone());
            next = page.RootElement.GetProperty("next").GetString();
        }

        return records;
    }

    private async Task<JsonDocument> ReadAsync(string path, CancellationToken cancellation) =>
        JsonDocument.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative), cancellation));
}
