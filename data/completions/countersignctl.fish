# SPDX-License-Identifier: GPL-3.0-or-later
# fish: completes countersignctl by asking it.

function __countersignctl_complete
    set -l typed (commandline -ct)
    set -l words (commandline -opc)
    for line in ($words[1] complete -- $words[2..-1] "$typed" 2>/dev/null)
        if test "$line" = ":files"
            __fish_complete_path "$typed"
        else
            echo $line
        end
    end
end

complete -c countersignctl -f -a "(__countersignctl_complete)"
