using Microsoft.Extensions.Logging;
using Tributary.Rounds.Engine;
using Tributary.Rounds.Reports;
using Tributary.Storage;
using Tributary.Storage.Rounds;

namespace Tributary.Rounds.Orleans.Silos;

/// <summary>
/// Finds out quickly that a silo of the cluster has died, and declares it dead in the database, so that others may take
/// its partitions. Also learns which silos are leaving. A silo that owns its database alone has nothing to watch.
/// </summary>
internal sealed partial class SiloWatch(
    RoundEngine engine, IClusterMembershipService membership, LeavingSilos leaving, MoveLog moves, TimeProvider time,
    ILogger<SiloWatch> logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly SiloDeaths deaths = new(time);

    /// <summary>Partitions may have to move: silos have died, or are leaving. Must return at once.</summary>
    public Action? Changed { get; set; }

    /// <summary>Looks again and again, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await LookAsync(cancellation);
            await Task.Delay(Period, time, cancellation);
        }
    }

    /// <summary>
    /// Looks at the silos, and declares those dead that are. False when the database does not answer.
    /// </summary>
    public async Task<bool> LookAsync(CancellationToken cancellation)
    {
        try
        {
            var rows = await engine.Rows.ReadSilosAsync(cancellation);
            var hasChanged = leaving.Set(
                AddressesOf(rows.Where(static row => row.IsLeaving)),
                AddressesOf(rows.Where(static row => row.IsCordoned)));
            var verdicts = await deaths.JudgeAsync(
                rows, engine.Silo ?? default, await StatusesAsync(rows, cancellation),
                address => RefusesAsync(address, cancellation));
            foreach (var (silo, verdict) in verdicts)
                hasChanged |= await BuryAsync(silo, verdict, cancellation);
            if (hasChanged)
                Changed?.Invoke();
            return true;
        }
        catch (Exception error) when (error is StoreException { IsPassing: true } or OrleansException)
        {
            LogNotRead(error.Message);
            return false;
        }
    }

    /// <summary>
    /// Tells all silos that this one is about to leave; false when the database does not answer. This silo knows it
    /// when this returns, and the others with their next look.
    /// </summary>
    public async Task<bool> BeginLeaveAsync(SiloId own, CancellationToken cancellation) =>
        await engine.Rows.BeginLeaveAsync(own, cancellation) && await LookAsync(cancellation);

    /// <summary>
    /// Kills the entries of silos that have ended, before this silo joins Orleans' cluster: a cluster that was killed
    /// as a whole would wait for them for minutes. Their addresses may never answer again.
    /// </summary>
    public async Task KillEndedAsync(CancellationToken cancellation)
    {
        await membership.Refresh(default, cancellation);
        var rows = (await engine.Rows.ReadSilosAsync(cancellation)).ToLookup(static row => row.Address);
        var silent = membership.CurrentSnapshot.Members.Values.Where(member =>
            member.Status is not SiloStatus.Dead and not SiloStatus.None
            && !rows[member.SiloAddress.ToParsableString()].Any(static row => row.HasSession));
        await Task.WhenAll(silent.Select(async member =>
        {
            var address = member.SiloAddress.ToParsableString();
            // A silo that lives and lost its session a moment ago takes the connection. A row without a session is
            // enough where nothing answers, because the machine may be gone with its address.
            if (rows.Contains(address)
                ? await AddressProbe.AnswersAsync(member.SiloAddress.Endpoint, cancellation)
                : !await AddressProbe.RefusesAsync(member.SiloAddress.Endpoint, cancellation))
            {
                return;
            }

            LogEnded(address);
            await membership.TryKill(member.SiloAddress);
        }));
    }

    private async Task<Func<string, SiloStatus>> StatusesAsync(
        IReadOnlyList<LivingSilo> rows, CancellationToken cancellation)
    {
        var own = engine.Silo;
        // A silo may have joined Orleans after the view that this silo has: only a later view shows that Orleans does
        // not know it.
        if (rows.Any(row => row.Silo != own && !row.HasSession && StatusOf(row.Address) == SiloStatus.None))
            await membership.Refresh(default, cancellation);
        return StatusOf;
    }

    private SiloStatus StatusOf(string address) =>
        SiloAddresses.TryParse(address) is { } silo
        && membership.CurrentSnapshot.Members.TryGetValue(silo, out var member)
            ? member.Status : SiloStatus.None;

    // True when the silo is dead in the database.
    private async Task<bool> BuryAsync(LivingSilo silo, SiloVerdict verdict, CancellationToken cancellation)
    {
        try
        {
            if (verdict == SiloVerdict.Ended)
                await KillAsync(silo);
            var isDeclared = await engine.Rows.DeclareDeadAsync(silo.Silo, cancellation);
            if (isDeclared)
            {
                LogDeclared(silo.Silo, silo.Address, verdict);
                moves.Add(
                    SiloMoveKind.Declared, 0, $"Silo {silo.Silo} at {silo.Address} is dead: {ReasonOf(verdict)}.");
            }

            if (verdict == SiloVerdict.CutOff)
                await KillAsync(silo);
            return isDeclared;
        }
        catch (Exception error) when (error is StoreException { IsPassing: true } or OrleansException)
        {
            // The next look decides again.
            LogNotBuried(silo.Silo, error.Message);
            return false;
        }
    }

    private static HashSet<SiloAddress> AddressesOf(IEnumerable<LivingSilo> rows) =>
        [.. rows.Select(static row => SiloAddresses.TryParse(row.Address)).OfType<SiloAddress>()];

    private static string ReasonOf(SiloVerdict verdict) => verdict switch
    {
        SiloVerdict.Ended => "its session is gone, and its address refuses connections",
        SiloVerdict.CutOff => "it has been cut off from the database for too long",
        _ => "Orleans says so",
    };

    private Task KillAsync(LivingSilo silo) =>
        SiloAddresses.TryParse(silo.Address) is { } address ? membership.TryKill(address) : Task.CompletedTask;

    // Nobody can listen at a text that is no address.
    private static async Task<bool> RefusesAsync(string address, CancellationToken cancellation) =>
        SiloAddresses.TryParse(address) is not { } silo || await AddressProbe.RefusesAsync(silo.Endpoint, cancellation);
}
