using Microsoft.Extensions.Logging.Console;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Hosting.Lifetime;

/// <summary>Sends logs to standard error, so that standard output holds only the results of commands.</summary>
internal static class Logs
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static void Configure(ILoggingBuilder logging, SiloConfig config)
    {
        logging.SetMinimumLevel(config.LogLevel);
        // The steps of the frameworks matter only in a search for a fault.
        if (config.LogLevel > LogLevel.Debug)
        {
            var level = config.LogLevel > LogLevel.Warning ? config.LogLevel : LogLevel.Warning;
            logging.AddFilter("Microsoft", level);
            logging.AddFilter("Orleans", level);
            // Orleans places grains by it, and it tells every placement.
            logging.AddFilter("Polly", level);
            // An error in its start is thrown, and reported once, by the program.
            logging.AddFilter("Orleans.Runtime.Silo", LogLevel.None);
            logging.AddFilter("Orleans.Runtime.SiloLifecycleSubject", LogLevel.None);
            // The first check of the threads has no earlier check to compare with, and warns of the time since the
            // machine started.
            logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
            // Warns of every pause of the machine, for other silos that wait for this one.
            if (config.Cluster.IsLocal)
                logging.AddFilter("Orleans.Runtime.MembershipService.LocalSiloHealthMonitor", LogLevel.Error);
        }

        // A start that fails is reported once, by the program.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        if (config.IsJsonLog)
        {
            logging.AddJsonConsole(options =>
            {
                options.UseUtcTimestamp = true;
                options.TimestampFormat = TimeFormat;
            });
        }
        else
        {
            logging.AddSimpleConsole(options =>
            {
                options.SingleLine = true;
                options.UseUtcTimestamp = true;
                options.TimestampFormat = TimeFormat + " ";
                options.ColorBehavior = LoggerColorBehavior.Default;
            });
        }

        logging.Services.Configure<ConsoleLoggerOptions>(options =>
            options.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
