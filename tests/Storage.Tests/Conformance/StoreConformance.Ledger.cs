using Tributary.Storage.Ledger;
using Tributary.Storage.Rounds;

namespace Tributary.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task Every_count_of_the_ledger_adds_up_over_rounds_hours_and_incarnations()
    {
        var silo = await JoinAsync();
        LedgerDelta First(string source, int hour) => new(source, TestSilo.Noon.AddHours(hour), 31, 1, 2, 4, 8, 16);

        await silo.CommitAsync(round => round.Ledger.AddRange([First("a", 0), First("b", 0), First("a", 1)]));
        await silo.CommitAsync(round => round.Ledger.AddRange([First("a", 0), First("b", 0)]));
        // Ten messages of each status but the first go on to it.
        await silo.CommitAsync(round => round.Ledger.Add(new LedgerDelta("a", TestSilo.Noon, 0, 10, -1, -2, -3, -4)));
        await Harness.CrashAsync(silo.Store);
        silo = await JoinAsync();
        await silo.CommitAsync(round => round.Ledger.Add(First("a", 0)));

        var report = await silo.Store.Ledger.ReadLedgerAsync(recount: false, Cancellation);
        Assert.Equal(new LedgerCounts(124, 14, 7, 14, 29, 60), report.BySource["a"]);
        Assert.Equal(new LedgerCounts(62, 2, 4, 8, 16, 32), report.BySource["b"]);
        Assert.Equal(new LedgerCounts(186, 16, 11, 22, 45, 92), report.Total);
    }
}
