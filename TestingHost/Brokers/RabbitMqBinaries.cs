namespace Tributary.TestingHost.Brokers;

/// <summary>
/// Finds RabbitMQ's programs. Avoids the wrappers on the search path, which change the user when run as root.
/// </summary>
internal static class RabbitMqBinaries
{
    private static readonly string[] Folders =
    [
        "/usr/lib/rabbitmq/bin",
        "/opt/rabbitmq/sbin",
        "/usr/local/sbin",
        "/opt/homebrew/sbin",
    ];

    public static string Find(string program) =>
        Folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException(
            $"RabbitMQ is not installed: there is no {program} in {string.Join(", ", Folders)} (Debian: apt-get "
            + "install rabbitmq-server).");
}
