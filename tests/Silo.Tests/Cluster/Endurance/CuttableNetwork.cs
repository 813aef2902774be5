using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Tributary.Silo.Tests.Cluster.Endurance;

/// <summary>
/// Machines for silos: a network namespace each, with one cable to a hub, which forwards between them and to this
/// machine, and which can drop what goes from one address to another without a word. It needs root on Linux.
/// </summary>
internal sealed class CuttableNetwork : IAsyncDisposable
{
    // Of the addresses that nobody else has (RFC 1918), one network for each run of tests.
    private readonly string network = string.Create(
        CultureInfo.InvariantCulture, $"10.{100 + (Environment.ProcessId % 100)}");

    // With the number of this process, by which what a run has left behind can be found.
    private readonly string name = string.Create(CultureInfo.InvariantCulture, $"tributary-{Environment.ProcessId}");
    private readonly string cable = string.Create(CultureInfo.InvariantCulture, $"t{Environment.ProcessId}");
    private readonly int machinesCount;

    private CuttableNetwork(int machinesCount) => this.machinesCount = machinesCount;

    /// <summary>The address of this machine that silos reach the database at.</summary>
    public IPAddress Database => IPAddress.Parse($"{network}.200.2");

    // From where this machine's own clients come.
    private string Clients => $"{network}.200.3";

    private string Hub => name + "-hub";

    public static async Task<CuttableNetwork> StartNewAsync(int machinesCount)
    {
        var made = new CuttableNetwork(machinesCount);
        try
        {
            await RunAsync(made.Script());
            return made;
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    /// <summary>A machine, numbered from 1.</summary>
    public TributaryProcess.Machine this[int machine] =>
        new($"{name}-{machine}", IPAddress.Parse($"{network}.{machine}.2"));

    /// <summary>From now on nothing comes through from the one to the other; the way back is another one.</summary>
    public Task CutAsync(IPAddress from, IPAddress to) =>
        RunAsync($"ip -n {Hub} rule add from {from} to {to} blackhole\n{Forget}");

    public Task HealAsync(IPAddress from, IPAddress to) =>
        RunAsync($"ip -n {Hub} rule del from {from} to {to} blackhole\n{Forget}");

    public async ValueTask DisposeAsync()
    {
        // A cable goes with the namespace of either end.
        var spaces = Enumerable.Range(1, machinesCount).Select(machine => $"{name}-{machine}").Append(Hub);
        await RunAsync(string.Join('\n', spaces.Select(static one => $"ip netns del {one} || true")));
    }

    // Connections remember their routes.
    private string Forget => $"ip -n {Hub} route flush cache";

    private string Script()
    {
        var lines = new List<string>
        {
            $"ip netns add {Hub}",
            $"ip netns exec {Hub} sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'",
            $"ip link add {cable}r type veth peer name {cable}s netns {Hub}",
            $"ip -n {Hub} addr add {network}.200.1/24 dev {cable}s",
            $"ip -n {Hub} link set {cable}s up",
            $"ip addr add {Database}/24 dev {cable}r",
            $"ip addr add {Clients}/24 dev {cable}r",
            $"ip link set {cable}r up",
        };
        for (var machine = 1; machine <= machinesCount; machine++)
        {
            var (own, gateway) = (this[machine], $"{network}.{machine}.1");
            lines.AddRange([
                $"ip netns add {own.Network}",
                $"ip -n {own.Network} link set lo up",
                $"ip -n {own.Network} link add eth0 type veth peer name {cable}m{machine} netns {Hub}",
                $"ip -n {Hub} addr add {gateway}/24 dev {cable}m{machine}",
                $"ip -n {Hub} link set {cable}m{machine} up",
                $"ip -n {own.Network} addr add {own.Address}/24 dev eth0",
                $"ip -n {own.Network} link set eth0 up",
                $"ip -n {own.Network} route add default via {gateway}",
                $"ip route add {network}.{machine}.0/24 via {network}.200.1 src {Clients}",
            ]);
        }

        return string.Join('\n', lines);
    }

    private static async Task RunAsync(string script)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-e", "-c", script])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        using var shell = Process.Start(start)!;
        var errors = await shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync();
        if (shell.ExitCode != 0)
            throw new InvalidOperationException($"The network could not be made or changed: {errors}\n{script}");
    }
}
