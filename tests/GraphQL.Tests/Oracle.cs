using System.Diagnostics;
using System.Text.Json;

namespace Tributary.GraphQL.Tests;

/// <summary>
/// Node with the reference implementation and the clients. A missing Node or npm fails with a message that says what to
/// install.
/// </summary>
internal static class Oracle
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly Lazy<string> Directory = new(Prepare, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>Runs one script of the folder with a JSON document on its input; gives the JSON it writes.</summary>
    public static async Task<JsonElement> Run(string script, object input)
    {
        var (code, output, errors) = await Execute(
            "node", [Path.Combine(Directory.Value, script)], Directory.Value, JsonSerializer.Serialize(input));
        if (code != 0)
            throw new InvalidOperationException($"{script} ended with {code}: {errors}");
        return JsonDocument.Parse(output).RootElement;
    }

    private static string Prepare()
    {
        var folder = Find();
        if (!System.IO.Directory.Exists(Path.Combine(folder, "node_modules", "graphql")))
        {
            var (code, output, errors) = Execute("npm", ["ci", "--no-audit", "--no-fund"], folder, "")
                .GetAwaiter()
                .GetResult();
            if (code != 0)
                throw new InvalidOperationException($"npm ci in {folder} ended with {code}: {output}{errors}");
        }
        return folder;
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "tests", "GraphQL.Tests", "oracle");
            if (File.Exists(Path.Combine(candidate, "package-lock.json"))) return candidate;
        }
        throw new InvalidOperationException("tests/GraphQL.Tests/oracle is not above the test's folder.");
    }

    private static async Task<(int Code, string Output, string Errors)> Execute(
        string program, string[] arguments, string folder, string input)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new InvalidOperationException(
                $"{program} is needed to compare with the reference implementation: install Node.js 20 or newer with "
                + "npm.", missing);
        }
        using var limit = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return (process.ExitCode, await output, await errors);
    }
}
