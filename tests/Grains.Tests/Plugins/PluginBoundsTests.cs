using System.Text;
using Tributary.Plugins;

namespace Tributary.Grains.Tests.Plugins;

/// <summary>Results at their bounds: what is allowed is taken, and one more is not.</summary>
public sealed class PluginBoundsTests
{
    private const int MaxBytes = 4 << 20;

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly PluginBench bench = new();

    public static TheoryData<string, Func<int, PluginResult>> Results => new()
    {
        { "1,000 records", more => PluginBench.Records([.. Enumerable.Repeat("{}", 1_000 + more)]) },
        { "4 MiB in one record", more => PluginBench.Records(Padded(MaxBytes + more)) },
        { "4 MiB in two records", more => PluginBench.Records(Padded(MaxBytes / 2), Padded((MaxBytes / 2) + more)) },
        { "4 MiB in one contribution", more => PluginBench.Contribution("kinds", Padded(MaxBytes + more)) },
        { "4 MiB in one command", more => Command(new byte[MaxBytes - 1 + more]) },
        { "1,000 parameters", more => Command(new object?[1_000 + more]) },
    };

    [Theory]
    [MemberData(nameof(Results), DisableDiscoveryEnumeration = true)]
    public async Task A_result_at_a_bound_is_taken_and_one_beyond_is_not(string what, Func<int, PluginResult> result)
    {
        var more = 0;
        var host = await bench.BoundAsync(
            new FakePlugin("a", _ => result(more)) { Aggregates = PluginBench.CountByKind });

        var allowed = await host.Active.Plugins[0].RunAsync(PluginBench.Context(), Cancellation);
        more = 1;
        var refused = await host.Active.Plugins[0].RunAsync(PluginBench.Context(), Cancellation);

        Assert.True(allowed.Error is null, $"{what}: {allowed.Error}");
        Assert.StartsWith("plugin_result_invalid: ", refused.Error, StringComparison.Ordinal);
    }

    private static PluginResult Command(params IReadOnlyList<object?> parameters) =>
        new() { Commands = [new PluginCommand("x", parameters)] };

    private static string Padded(int bytes) =>
        new StringBuilder("{\"a\":\"").Append('x', bytes - 8).Append("\"}").ToString();
}
