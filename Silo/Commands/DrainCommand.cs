using System.CommandLine;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Commands;

/// <summary>The command <c>drain</c>: speaks to a process that runs.</summary>
internal sealed class DrainCommand
{
    /// <summary>Names the key without showing it to other users of the machine.</summary>
    public const string KeyVariable = "TRIBUTARY_KEY";

    private const int DefaultWaitSeconds = 60;

    private readonly Option<string> url = new("--url", "-u")
    {
        Description = $"The address of the silo's API. Default: {SiloConfigReader.DefaultUrl}",
        HelpName = "URL",
        DefaultValueFactory = static _ => SiloConfigReader.DefaultUrl,
    };

    private readonly Option<string?> key = new("--key", "-k")
    {
        Description = $"An API key. Other users of the machine see options: set {KeyVariable} instead.",
        HelpName = "KEY",
    };

    private readonly Option<long?> silo = new("--silo")
    {
        Description = "The id of another silo of the same cluster. Default: the one at the address",
        HelpName = "ID",
    };

    private readonly Option<bool> undo = new("--undo")
    {
        Description = "Uncordon the silo: partitions move to it again.",
    };

    private readonly Option<int> wait = new("--wait")
    {
        Description = $"How long to wait until its partitions have moved. Default: {DefaultWaitSeconds}",
        HelpName = "SECONDS",
        DefaultValueFactory = static _ => DefaultWaitSeconds,
    };

    public DrainCommand(Func<DrainRequest, CancellationToken, Task<int>> run)
    {
        url.Validators.Add(static result =>
        {
            if (Parse(result.GetValueOrDefault<string>()) is null)
                result.AddError($"--url: found '{result.GetValueOrDefault<string>()}'; allowed: an http or https URL.");
        });
        wait.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 86_400)
                result.AddError("--wait: allowed: 1 to 86400 seconds.");
        });
        Command = new Command(
            "drain",
            "Cordons a silo that runs: its partitions move to the other silos, and it serves requests as before.\n"
            + "Ends when it owns no partition any more. A restart of the silo, or --undo, uncordons it.")
        {
            url, key, silo, undo, wait,
        };
        Command.SetAction((result, cancellation) => run(
            new DrainRequest(
                Parse(result.GetValue(url))!,
                result.GetValue(key) ?? Environment.GetEnvironmentVariable(KeyVariable),
                result.GetValue(silo), result.GetValue(undo), TimeSpan.FromSeconds(result.GetValue(wait))),
            cancellation));
    }

    public Command Command { get; }

    private static Uri? Parse(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == "http" || uri.Scheme == "https")
            ? uri : null;
}

/// <param name="Silo">Null for the silo at the address.</param>
internal sealed record DrainRequest(Uri Url, string? Key, long? Silo, bool IsUndone, TimeSpan MaxWait);
